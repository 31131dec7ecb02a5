/**
 * Records to wire bytes and back, in Confluent's wire format: a zero byte, the schema's id in four bytes, the Avro body.
 *
 * <p>{@link io.rondo.schemas.serde.RecordCodec} is what the rest of Rondo uses. It stands on a Kafka serializer and
 * deserializer that are named by class in the configuration: ours by default, Confluent's or anybody's by
 * {@code value.serializer} and {@code value.deserializer}. Bytes that cannot be read are a value
 * ({@link io.rondo.schemas.serde.Decoded.Unreadable}); a registry that does not answer is a failure. Lengths are checked
 * against the bytes that are there before anything is allocated.
 *
 * <p>Everything here is safe for any thread. Calls block while an id or a schema is not yet known and the registry is
 * asked.
 */
package io.rondo.schemas.serde;
