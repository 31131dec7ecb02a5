/** Tensors, their element types, the division of a flat vector into chunks, and digests. Values are immutable. */
package io.rondo.schemas.tensor;
