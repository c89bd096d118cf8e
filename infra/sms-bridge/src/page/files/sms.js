// How a text travels: its encoding and its parts.

const BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "\f^{}\\[~]|€";

/** Encoding, parts and what is left in the last one; `odd`: what is outside GSM-7. */
export function measure(text) {
  const letters = [...text];
  const odd = letters.find((letter) => !BASIC.includes(letter) && !EXTENDED.includes(letter));
  const gsm = odd === undefined;
  const size = (letter) => (gsm ? (EXTENDED.includes(letter) ? 2 : 1) : letter.length);
  const total = letters.reduce((sum, letter) => sum + size(letter), 0);
  const [alone, each] = gsm ? [160, 153] : [70, 67];
  const room = total <= alone ? alone : each;
  const parts = [];
  let part = "";
  let used = 0;
  for (const letter of letters) {
    if (used + size(letter) > room) {
      parts.push(part);
      part = "";
      used = 0;
    }
    part += letter;
    used += size(letter);
  }
  parts.push(part);
  return { gsm, odd, parts, total, left: room - used };
}

/** The same in words. */
export function sized(text) {
  if (!text) return "";
  const { gsm, odd, parts, left } = measure(text);
  const count = parts.length === 1 ? "1 part" : `${parts.length} parts`;
  const why = gsm ? "GSM-7" : `UCS-2, because of “${odd}”`;
  return `${count}, ${left} left · ${why}`;
}
