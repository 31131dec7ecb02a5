/** Tensors, their element types, the cutting of one flat vector into chunks, and digests. Values are immutable. */
package io.rondo.schemas.tensor;
