import type { PyObject } from "./values.ts";

/** Makes plain objects: their prototype is `Object.prototype`, like that of `{}`. */
export type PlainClass = new () => PyObject;

/**
 * Returns a constructor of plain objects that all get the same keys in the same order.
 *
 * To a program they are no different from `{}`. V8 counts how many properties the first few instances of a constructor
 * get and makes room for them inside all later ones. Objects that start as `{}` have room for four; with more than 16
 * properties under computed names they become hash tables: 40 ns a property in place of 17 for the records of the
 * corpus twitter (2.1 ms in place of 1.3 for all of it), and slower for whoever reads them.
 */
export function plainClass(): PlainClass {
  // The assignments are never executed: their number is V8's first guess, which it only ever lowers.
  function Plain(this: PyObject, never: boolean): void {
    if (!never) return;
    this.a =
      this.b =
      this.c =
      this.d =
      this.e =
      this.f =
      this.g =
      this.h =
      this.i =
        0;
    this.j =
      this.k =
      this.l =
      this.m =
      this.n =
      this.o =
      this.p =
      this.q =
      this.r =
        0;
    this.s =
      this.t =
      this.u =
      this.v =
      this.w =
      this.x =
      this.y =
      this.z =
        0;
  }
  Plain.prototype = Object.prototype;
  return Plain as unknown as PlainClass;
}
