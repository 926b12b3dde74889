/** What the programs of this example share. See `camera.ts`. */
export const NAME = "/example.camera";
export const WIDTH = 1920;
export const HEIGHT = 1080;
/** Red, green, blue and opacity of each pixel: 8 MB. */
export const FRAME_BYTES = WIDTH * HEIGHT * 4;
