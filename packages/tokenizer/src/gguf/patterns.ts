/** The patterns by which texts are cut before their bytes are merged, as the models' own tokenizer.json files have them. */

export const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const lineEnds = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const symbols = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";
const word = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";

/** Of one to three digits, or of each digit alone: what sets Llama 3's pattern and Qwen 2's apart. */
const words = (digits: string) => `${contractions}|${word}|${digits}|${symbols}|${lineEnds}`;

export const llama3 = words("\\p{N}{1,3}");
export const qwen2 = words("\\p{N}");
export const minicpm5 = words("\\p{N}+");
export const seedCoder = `${contractions}|${word}|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|${lineEnds}`;
export const ufakzeka = `${word}|\\p{N}|${symbols}|${lineEnds}`;
export const qwen35 = `${contractions}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${lineEnds}`;
export const bailingMoe = `'(?i:[sdmt]|ll|ve|re)|${word}|\\p{N}|${symbols}|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+`;
export const exaoneMoe =
  `${contractions}|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|` +
  "\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
export const jais2 =
  `${contractions}|${word}|\\p{N}{1,3}|${symbols}|\\s*[\\r\\n]+|` +
  "\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)|\\s{16}(?!\\S)|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}";

/** Letters of which words are made that end where capitals begin; those without cases belong to both. */
const upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const camelCase = ({ ending = "", digits = "\\p{N}{1,3}", after = "[\\r\\n/]*", upperCase = upper, lowerCase = lower } = {}) =>
  `[^\\r\\n\\p{L}\\p{N}]?${upperCase}*${lowerCase}+${ending}|[^\\r\\n\\p{L}\\p{N}]?${upperCase}+${lowerCase}*${ending}|` +
  `${digits}| ?[^\\s\\p{L}\\p{N}]+${after}|${lineEnds}`;

export const gpt4o = camelCase({ ending: `${contractions}?` });
export const tekken = camelCase({ digits: "\\p{N}" });
export const youtu = camelCase({ ending: `${contractions}?`, digits: "\\p{N}" });

/** Chinese characters, those of Japanese texts and the signs that repeat them included. */
const han = "[\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\u{20000}-\u{323af}]";
export const kimiK2 = `${han}+|${camelCase({
  ending: `${contractions}?`,
  after: "[\\r\\n]*",
  upperCase: `(?:(?!${han})${upper})`,
  lowerCase: `(?:(?!${han})${lower})`,
})}`;

/** Digits by threes, counted from the right. */
export const thousands = "\\p{N}{1,3}(?=(?:\\p{N}{3})*(?!\\p{N}))";

const deepseekWords = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+";
export const deepseek3 = `${deepseekWords}| ?[\\p{P}\\p{S}]+[\\r\\n]*|${lineEnds}`;
export const spark = `${deepseekWords}| ?[\\p{P}\\p{S}]+|[\\r\\n]|\\s+(?!\\S)|\\s+`;
export const chineseAndJapanese = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+";
export const chineseAndKorean = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+";
export const eastAsian =
  "[\u4e00-\u9fff\u3400-\u4dbf\u8c48-\ufaff\u3040-\u309f\u30a0-\u30ff\uff65-\uff9f\u2f00-\u2fdf\u0e40-\u0e7f\u0e80-\u0eff" +
  "\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\uac00-\ud7af\u1100-\u11ff]+";
export const eastAsianByScript =
  "[\uac00-\ud7a3\u3131-\u318e]+|" +
  "[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f\ufe30-\ufe4f]+|[\u3105-\u312f]+|" +
  chineseAndJapanese;
export const punctuationOfBothWidths = "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+";

/** Letters of the scripts that have capitals, as DeepSeek's files list them. */
const casedLetters =
  "A-Za-zµÀ-ÖØ-öø-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a" +
  "\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba" +
  "\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57" +
  "\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb" +
  "\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d" +
  "\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3" +
  "\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a" +
  "\uff41-\uff5a\u{10400}-\u{1044f}\u{104b0}-\u{104d3}\u{104d8}-\u{104fb}\u{10c80}-\u{10cb2}\u{10cc0}-\u{10cf2}\u{118a0}-\u{118df}" +
  "\u{1e900}-\u{1e943}";
export const casedWord = `\\s?[${casedLetters}]+`;

export const betweenPunctuation = " ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+";
