/** Named tensors on memory outside the heap. */
package io.nsfl.federation.tensor;
