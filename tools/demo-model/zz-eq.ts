import { loadTokenizer } from "@cai/tokenizer"; import { cachedEncoding } from "./cached-encoding.ts"; import { loadCorpus } from "./corpus.ts"; import { policyDirectory } from "./asset-folders.ts";
const t=await loadTokenizer(policyDirectory), e=cachedEncoding(t); let n=0,bad=0; const c=loadCorpus();
for (const s of [...c.train.filter((_,i)=>i%4===0),...c.heldOut]) for (const x of s.sentences) for(const y of [x," "+x]) {n++; if (t.encode(y).join()!==e(y).join()) {bad++; if(bad<5)console.log(JSON.stringify(y))}}
console.log(n,bad);
const r=c.heldOut.every(s=>s.sentences.every(x=>t.decode(e(x))===x)); console.log('round trip',r);
