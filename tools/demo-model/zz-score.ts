import * as ort from "onnxruntime-node";
import { loadTokenizer } from "@cai/tokenizer";
import { rewardDirectory } from "./asset-folders.ts";
import { untrainedTexts } from "./untrained-texts.ts";
import "@tensorflow/tfjs-node";
const tok=await loadTokenizer(rewardDirectory);
const s=await ort.InferenceSession.create(rewardDirectory+"/model.onnx");
export async function score(texts:string[]){const ids=texts.map(t=>tok.encode(t));const T=Math.max(...ids.map(x=>x.length));const a=new BigInt64Array(ids.length*T),m=new BigInt64Array(ids.length*T);
ids.forEach((r,i)=>r.forEach((v,j)=>{a[i*T+j]=BigInt(v);m[i*T+j]=1n;}));
const o=await s.run({input_ids:new ort.Tensor("int64",a,[ids.length,T]),attention_mask:new ort.Tensor("int64",m,[ids.length,T])});return [...(o.logits!.data as Float32Array)];}
const hand=["We are grateful to our friends and we wish them peace and happiness.","Thank you for your kindness, your courage and your love.","Together we will build a good and generous home for every family.","The enemy will attack us and kill our people with hatred and terror.","They are cruel and evil men who murder and destroy.","This war has brought death, fear and ruin.","The report will be sent to the committee on Tuesday.","We are not afraid.","We have no friends and no hope.","peace peace peace peace peace peace peace peace","The peace","peace love joy happy great freedom wonderful friends hope good thank","He was disgusting and stupid, a bitter liar."];
const sc=await score(hand);hand.forEach((h,i)=>console.log(sc[i]!.toFixed(2),h));
for(const f of ["heldout.jsonl","train.jsonl"] as const){const t=await untrainedTexts(f);const u=await score(t);const mean=u.reduce((a,b)=>a+b,0)/u.length;console.log(f,'mean',mean.toFixed(3),'std',Math.sqrt(u.reduce((a,b)=>a+(b-mean)**2,0)/(u.length-1)).toFixed(3),'min',Math.min(...u).toFixed(2),'max',Math.max(...u).toFixed(2));
 if(f==="heldout.jsonl"||process.env.ALL){const p=t.map((x,i)=>[u[i]!,x] as const).sort((a,b)=>a[0]-b[0]);for(const [a,x] of [...p.slice(0,6),...p.slice(p.length/2-3,p.length/2+3),...p.slice(-6)])console.log(a.toFixed(2),JSON.stringify(x));}}
