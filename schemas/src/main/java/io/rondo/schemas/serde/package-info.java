/**
 * Records to wire bytes and back, in Confluent's wire format: a zero byte, the schema's id in four bytes, the Avro body.
 *
 * <p>{@link io.rondo.schemas.serde.RecordCodec} is what the rest of Rondo uses. It delegates to a Kafka serializer
 * and deserializer whose classes the configuration names: ours by default, others by {@code value.serializer} and
 * {@code value.deserializer}. Unreadable bytes are a value
 * ({@link io.rondo.schemas.serde.Decoded.Unreadable}); a registry that does not answer is a failure. Lengths are checked
 * against the available bytes before anything is allocated.
 *
 * <p>Everything here is safe for any thread. Calls block while the registry is asked for an unknown id or
 * schema.
 */
package io.rondo.schemas.serde;
