/** The code that reads records with certain keys: an object literal, and before it each value by the tag that it mostly has. */
import type { DecodeState } from "./decode_state.ts";
import type { PyObject, PyValue } from "./values.ts";
import { POWER } from "./wire/decimals.ts";
import { viewOf } from "./wire/cursor.ts";
import { Tag } from "./wire/tags.ts";
import { MIN_NUMBERED_UNITS } from "./wire/text_block.ts";

/** Reads any value. */
export type ValueReader = (s: DecodeState, depth: number) => PyValue;
/** Reads all values of one record and returns it. */
export type RecordReader = (s: DecodeState, depth: number) => PyObject;

/**
 * Statements that read a value into `v`, up to the `else` for whatever has another tag. They take a part of the forms of
 * that tag that the complete reader takes, and give the same.
 *
 * Variables: the state `s`, its bytes `b`, the position `p`, the last safe position `f`, and `t` and `e` for a moment.
 */
const BY_TAG: ReadonlyMap<number, string> = byTag();

function byTag(): Map<number, string> {
  const text = `if(p<=f&&s.bundled&&(t=b[p]-${Tag.FIXSTR})>=0&&t<32&&` +
    `(e=s.narrowPos+t)<=s.narrow.length){v=s.narrow.slice(s.narrowPos,e);s.narrowPos=e;p++;` +
    `if(t>=${MIN_NUMBERED_UNITS})s.strings[s.stringCount++]=v}` +
    `else if(p<=f&&b[p]===${Tag.SREF}&&(t=b[p+1])<248&&t<s.stringCount){v=s.strings[t];p+=2}`;
  const constant = `if(p<=f&&(t=b[p])>=${Tag.NONE}&&t<=${Tag.TRUE})` +
    `{v=t===${Tag.NONE}?null:t===${Tag.TRUE};p++}`;
  const int = `if(p<=f&&(t=b[p])<${Tag.FIXSTR}){v=t;p++}` +
    `else if(p<=f&&t>=${Tag.INT2P}&&t<${Tag.INT2N}){v=96+(t-${Tag.INT2P}<<8)+b[p+1];p+=2}`;
  const decimal = (width: number, integer: string) =>
    `else if(p<=f&&t===${Tag.F_DEC}&&((e=b[p+1])&135)===${width}&&(t=${integer})!==0)` +
    `{v=t/P[e>>3];p+=${width + 2}}`;
  const float = `if(p<=f&&(t=b[p])===${Tag.F_D2}){v=((b[p+1]|b[p+2]<<8)<<16>>16)/100;p+=3}` +
    decimal(3, "(b[p+2]|b[p+3]<<8|b[p+4]<<16)<<8>>8") +
    decimal(2, "(b[p+2]|b[p+3]<<8)<<16>>16") +
    `else if(p<=f&&t===${Tag.F_D1}){v=(b[p+1]<<24>>24)/10;p+=2}` +
    `else if(p<=f&&t===${Tag.F64}){v=g(s,p+1);p+=9}`;
  const exactly = (tag: number, value: string, size: number) =>
    [tag, `if(p<=f&&b[p]===${tag}){v=${value};p+=${size}}`] as const;
  const u32 = `(b[p+1]|b[p+2]<<8|b[p+3]<<16|b[p+4]<<24)>>>0`;
  const code = new Map<number, string>([
    [Tag.FIXLIST, `if(p<=f&&b[p]===${Tag.FIXLIST}&&d<s.recursiveDepth){v=[];p++}`],
    exactly(Tag.U16, "2144+(b[p+1]|b[p+2]<<8)", 3),
    exactly(Tag.I24, "(b[p+1]|b[p+2]<<8|b[p+3]<<16)<<8>>8", 4),
    exactly(Tag.U32, u32, 5),
    [Tag.F_D1, float],
    [Tag.F_D2, float],
    [Tag.F_DEC, float],
    [Tag.F64, float],
    [Tag.SREF, text],
  ]);
  for (let tag = 0; tag < Tag.FIXSTR; tag++) code.set(tag, int);
  for (let tag = Tag.INT2P; tag < Tag.INT2N; tag++) code.set(tag, int);
  for (let tag = Tag.FIXSTR; tag < Tag.FIXLIST; tag++) code.set(tag, text);
  for (let tag = Tag.NONE; tag <= Tag.TRUE; tag++) code.set(tag, constant);
  return code;
}

/**
 * The reader of records with these keys.
 *
 * @param keys distinct, none of them `__proto__`, which in an object literal is no property
 * @param tags The tags that the values had last: what is tried first. Whatever else comes is left to `read`.
 * @throws {EvalError} where the host forbids generating code
 */
export function compileRecord(
  keys: readonly string[],
  tags: ArrayLike<number>,
  read: ValueReader,
): RecordReader {
  // `new Function` has no access to what is imported here.
  const make = new Function("r", "P", "g", recordCode(keys, tags));
  return make(read, POWER, doubleAt);
}

function doubleAt(s: DecodeState, at: number): number {
  return viewOf(s).getFloat64(at, true);
}

/** The body of a function of the reader `r`, the powers of ten `P` and `g` for a double, which returns the `RecordReader`. */
function recordCode(keys: readonly string[], tags: ArrayLike<number>): string {
  const other = `{s.pos=p;v=r(s,d);p=s.pos;f=s.safe}`;
  const reads = keys.map((_, index) => {
    const code = BY_TAG.get(tags[index]);
    const statement = code === undefined ? other : `${code}else${other}`;
    return statement.replaceAll(/\bv=/g, `v${index}=`).replaceAll("=v}", `=v${index}}`);
  });
  const variables = keys.map((_, index) => `v${index}`).join();
  const properties = keys.map((key, index) => `${JSON.stringify(key)}:v${index}`).join();
  return `return (s,d)=>{const b=s.bytes;let p=s.pos,f=s.safe,t,e,${variables};${
    reads.join(";")
  };` +
    `s.pos=p;return {${properties}}}`;
}
