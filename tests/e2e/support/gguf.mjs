// A small GGUF file: text and whole-number entries, tensors of one type, and as many bytes of weights as asked.
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; };
const text = (s) => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);

export function gguf(entries, { weights = Buffer.alloc(0), elements = 1000 } = {}) {
  const all = Object.entries(entries).map(([key, value]) => (typeof value === 'number'
    ? Buffer.concat([text(key), u32(4), u32(value)])
    : Buffer.concat([text(key), u32(8), text(value)])));
  const tensor = Buffer.concat([text('blk.0.weight'), u32(1), u64(elements), u32(12), u64(0)]);
  return Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(all.length), ...all, tensor, weights]);
}

export const smallModel = (weights) => gguf({
  'general.architecture': 'llama', 'general.file_type': 15, 'llama.context_length': 4096, 'llama.embedding_length': 64,
  'llama.block_count': 2, 'llama.attention.head_count': 4, 'llama.attention.head_count_kv': 2, 'tokenizer.chat_template': '{{ x }}',
}, { weights, elements: 1_500_000 });
