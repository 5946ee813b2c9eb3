// scratch: direct tfjs training for timing
import * as tf from "@tensorflow/tfjs-node";
import { writeFileSync, readFileSync, existsSync } from "node:fs";
import { normals } from "@cai/random";
import { loadCorpus } from "./corpus.ts";
import { loadTokenizer } from "@cai/tokenizer";
import { tokenizeSpeeches, trainingRows } from "./training-rows.ts";
const [D,L,H,V,T,B]=[Number(process.env.D??192),Number(process.env.L??4),4,4096,128,32];
const seconds=Number(process.env.S??60), maxSteps=Number(process.env.N??1e9);
const dh=D/H;
const P: Record<string, tf.Tensor> = {};
let k=0; const nrm=(shape:number[],std:number)=>tf.tensor(Float32Array.from(normals({seed:1,stream:"init",counters:[k++],count:shape.reduce((a,b)=>a*b,1)}),x=>x*std),shape);
P["transformer.wte.weight"]=nrm([V,D],0.02);P["transformer.wpe.weight"]=nrm([T,D],0.01);
for(let i=0;i<L;i++){const p=`transformer.h.${i}.`;
P[p+"ln_1.weight"]=tf.ones([D]);P[p+"ln_1.bias"]=tf.zeros([D]);
P[p+"attn.c_attn.weight"]=nrm([D,3*D],0.04);P[p+"attn.c_attn.bias"]=tf.zeros([3*D]);
P[p+"attn.c_proj.weight"]=nrm([D,D],0.04/Math.sqrt(2*L));P[p+"attn.c_proj.bias"]=tf.zeros([D]);
P[p+"ln_2.weight"]=tf.ones([D]);P[p+"ln_2.bias"]=tf.zeros([D]);
P[p+"mlp.c_fc.weight"]=nrm([D,4*D],0.04);P[p+"mlp.c_fc.bias"]=tf.zeros([4*D]);
P[p+"mlp.c_proj.weight"]=nrm([4*D,D],0.04/Math.sqrt(2*L));P[p+"mlp.c_proj.bias"]=tf.zeros([D]);}
P["transformer.ln_f.weight"]=tf.ones([D]);P["transformer.ln_f.bias"]=tf.zeros([D]);
const names=Object.keys(P); console.log("params",names.reduce((a,n)=>a+P[n]!.size,0));
const gelu=tf.customGrad((x:any,save:any)=>{save([x]);const c=Math.sqrt(2/Math.PI);
 const inner=tf.mul(x,tf.add(c,tf.mul(c*0.044715,tf.mul(x,x))));const y=tf.mul(tf.mul(x,0.5),tf.add(1,tf.tanh(inner)));
 return {value:y,gradFunc:(dy:any,saved:any)=>{const x=saved[0];const x2=tf.mul(x,x);const t=tf.tanh(tf.mul(x,tf.add(c,tf.mul(c*0.044715,x2))));
 const d=tf.add(tf.mul(0.5,tf.add(1,t)),tf.mul(tf.mul(tf.mul(0.5,x),tf.sub(1,tf.mul(t,t))),tf.add(c,tf.mul(3*c*0.044715,x2))));return tf.mul(dy,d);}}});
const ln=(x:any,g:any,b:any)=>{const m=tf.mean(x,-1,true);const c=tf.sub(x,m);const v=tf.mean(tf.mul(c,c),-1,true);return tf.add(tf.mul(tf.mul(c,tf.rsqrt(tf.add(v,1e-5))),g),b)};
const be:any=tf.backend();const bd=be.binding;
const ce=tf.customGrad((logits:any,labels:any,save:any)=>{const [loss,g]=be.executeMultipleOutputs('SparseSoftmaxCrossEntropyWithLogits',[{name:'T',type:bd.TF_ATTR_TYPE,value:bd.TF_FLOAT},{name:'Tlabels',type:bd.TF_ATTR_TYPE,value:bd.TF_INT32}],[logits,labels],2);save([g,labels]);return {value:loss,gradFunc:(dy:any,s:any)=>[tf.mul(s[0],tf.expandDims(dy,1)),tf.zerosLike(s[1])]}});
const bias=tf.tensor(Float32Array.from({length:T*T},(_,i)=>(i%T>Math.floor(i/T)?-1e9:0)),[1,1,T,T]);
const lin=(x:any,w:any,b:any)=>tf.add(tf.matMul(x,w),b);
function loss(ids:any,labels:any,p:Record<string,any>){const N=ids.shape[0]/T;
 let x:any=tf.reshape(tf.add(tf.reshape(tf.gather(p["transformer.wte.weight"],ids),[N,T,D]),tf.expandDims(p["transformer.wpe.weight"],0)),[N*T,D]);
 for(let i=0;i<L;i++){const q=`transformer.h.${i}.`;
 const a=ln(x,p[q+"ln_1.weight"],p[q+"ln_1.bias"]);
 const qkv=lin(a,p[q+"attn.c_attn.weight"],p[q+"attn.c_attn.bias"]);
 const [Q,K,Vv]=tf.split(qkv,3,1).map((z:any)=>tf.transpose(tf.reshape(z,[N,T,H,dh]),[0,2,1,3]));
 const s=tf.softmax(tf.add(tf.mul(tf.matMul(Q!,K!,false,true),1/Math.sqrt(dh)),bias));
 const o=tf.reshape(tf.transpose(tf.matMul(s,Vv!),[0,2,1,3]),[N*T,D]);
 x=tf.add(x,lin(o,p[q+"attn.c_proj.weight"],p[q+"attn.c_proj.bias"]));
 const f=gelu(lin(ln(x,p[q+"ln_2.weight"],p[q+"ln_2.bias"]),p[q+"mlp.c_fc.weight"],p[q+"mlp.c_fc.bias"]));
 x=tf.add(x,lin(f,p[q+"mlp.c_proj.weight"],p[q+"mlp.c_proj.bias"]));}
 x=ln(x,p["transformer.ln_f.weight"],p["transformer.ln_f.bias"]);
 return tf.mean(ce(tf.matMul(x,p["transformer.wte.weight"],false,true),labels));}
const M:Record<string,tf.Tensor>={},S:Record<string,tf.Tensor>={};for(const n of names){M[n]=tf.zerosLike(P[n]!);S[n]=tf.zerosLike(P[n]!);}
const tok=await loadTokenizer("../../packages/demo/assets/policy");
const cache="/tmp/demo/tok.json";
const c=loadCorpus();
const speeches=tokenizeSpeeches(c.train,tok);
let pass=0,rows:Int32Array[]=[];let step=0;const t0=Date.now();let t1=t0;const warm=30;
const total=Number(process.env.TOTAL??300);
while((Date.now()-t0)/1000<seconds&&step<maxSteps){
 if(rows.length<B)rows=trainingRows({speeches,rowLength:T+1,endOfText:0,seed:1,pass:pass++,modernRepeats:2});
 const b=rows.splice(0,B);const lr=3e-3*Math.min(1,(step+1)/warm)*(0.05+0.95*0.5*(1+Math.cos(Math.PI*Math.min(1,step/total))));
 const v=tf.tidy(()=>{const ids=tf.tensor1d(Int32Array.from(b.flatMap(r=>[...r.slice(0,T)])),"int32"),labels=tf.tensor1d(Int32Array.from(b.flatMap(r=>[...r.slice(1)])),"int32");
 const g=tf.valueAndGrads((...ps:any[])=>loss(ids,labels,Object.fromEntries(names.map((n,i)=>[n,ps[i]]))) as any);
 const {value,grads}=g(names.map(n=>P[n]!));
 const norm=Math.sqrt(grads.reduce((a,x)=>a+tf.sum(tf.mul(x,x)).dataSync()[0]!,0));const sc=Math.min(1,1/norm);
 names.forEach((n,i)=>{const gr=tf.mul(grads[i]!,sc);const m=tf.keep(tf.add(tf.mul(M[n]!,0.9),tf.mul(gr,0.1)));const s=tf.keep(tf.add(tf.mul(S[n]!,0.95),tf.mul(tf.mul(gr,gr),0.05)));
 M[n]!.dispose();S[n]!.dispose();M[n]=m;S[n]=s;const t=step+1;
 const up=tf.div(tf.div(m,1-0.9**t),tf.add(tf.sqrt(tf.div(s,1-0.95**t)),1e-8));
 const np=tf.keep(tf.sub(tf.mul(P[n]!,P[n]!.rank>1?1-lr*0.1:1),tf.mul(up,lr)));P[n]!.dispose();P[n]=np;});
 return value.dataSync()[0]!;});
 step++;if(step%10===0){console.log(step,v.toFixed(3),'tok/s',(10*B*T*1000/(Date.now()-t1)).toFixed(0),'mem',tf.memory().numTensors);t1=Date.now();}
}
// write F16? write F32 safetensors
let off=0;const head:any={__metadata__:{format:"pt"}};const bufs:Buffer[]=[];
for(const n of names){const d=P[n]!.dataSync() as Float32Array;const u=f16(d);head[n]={dtype:"F16",shape:P[n]!.shape,data_offsets:[off,off+u.byteLength]};off+=u.byteLength;bufs.push(Buffer.from(u.buffer));}
function f16(a:Float32Array){const o=new Uint16Array(a.length);const f=new Float32Array(1),u=new Uint32Array(f.buffer);for(let i=0;i<a.length;i++){f[0]=a[i]!;const x=u[0]!;const s=(x>>>16)&0x8000;let e=((x>>>23)&255)-112;let m=x&0x7fffff;if(e<=0){o[i]=s;continue;}let h=(e<<10)|(m>>>13);if(m&0x1000)h++;o[i]=s|h;}return o;}
let hj=JSON.stringify(head);while(hj.length%8)hj+=" ";const hl=Buffer.alloc(8);hl.writeBigUInt64LE(BigInt(hj.length));
writeFileSync(process.env.OUT??"/tmp/demo/tiny.safetensors",Buffer.concat([hl,Buffer.from(hj),...bufs]));
// sample
const ids0=[0];
const gen=(prompt:string)=>{let ids=prompt===""?[0]:[...tok.encode(prompt)];for(let j=0;j<30;j++){const nx=tf.tidy(()=>{const pad=[...ids,...Array(T-ids.length).fill(0)];
 const N=1;let p=P;let x:any=tf.reshape(tf.add(tf.reshape(tf.gather(p["transformer.wte.weight"]!,tf.tensor1d(pad,"int32")),[N,T,D]),tf.expandDims(p["transformer.wpe.weight"]!,0)),[N*T,D]);
 for(let i=0;i<L;i++){const q=`transformer.h.${i}.`;const a=ln(x,p[q+"ln_1.weight"],p[q+"ln_1.bias"]);const qkv=lin(a,p[q+"attn.c_attn.weight"],p[q+"attn.c_attn.bias"]);
 const [Q,K,Vv]=tf.split(qkv,3,1).map((z:any)=>tf.transpose(tf.reshape(z,[N,T,H,dh]),[0,2,1,3]));const s=tf.softmax(tf.add(tf.mul(tf.matMul(Q!,K!,false,true),1/Math.sqrt(dh)),bias));
 const o=tf.reshape(tf.transpose(tf.matMul(s,Vv!),[0,2,1,3]),[N*T,D]);x=tf.add(x,lin(o,p[q+"attn.c_proj.weight"],p[q+"attn.c_proj.bias"]));const f=gelu(lin(ln(x,p[q+"ln_2.weight"],p[q+"ln_2.bias"]),p[q+"mlp.c_fc.weight"],p[q+"mlp.c_fc.bias"]));x=tf.add(x,lin(f,p[q+"mlp.c_proj.weight"],p[q+"mlp.c_proj.bias"]));}
 x=ln(x,p["transformer.ln_f.weight"],p["transformer.ln_f.bias"]);const lg=tf.matMul(tf.slice(x,[ids.length-1,0],[1,D]),p["transformer.wte.weight"]!,false,true);return tf.softmax(tf.div(lg,0.8)).dataSync()});
 let u=Math.random(),kk=0;while(kk<V-1&&(u-=nx[kk]!)>0)kk++;if(kk===0)break;ids.push(kk);}return tok.decode(ids)};
for(const pr of ["","We must","I ask you tonight to","The American people"])console.log(JSON.stringify(gen(pr)));
