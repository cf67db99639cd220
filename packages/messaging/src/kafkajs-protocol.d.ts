/** Of what kafkajs has inside and does not describe, what kafka-passwords.ts takes. */
declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    readonly buffer: Buffer;
    size(): number;
    writeInt8(value: number): this;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeUVarInt(value: number): this;
    writeString(value: string): this;
    writeUVarIntString(value: string): this;
    writeUVarIntBytes(value: Buffer): this;
    writeUVarIntArray(value: Encoder[]): this;
    writeEncoder(value: Encoder): this;
  }
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(buffer: Buffer);
    readInt16(): number;
    readInt32(): number;
    readUVarIntString(): string | null;
    readUVarIntArray(reader: (decoder: Decoder) => void): void;
    readTaggedFields(): void;
  }
}
