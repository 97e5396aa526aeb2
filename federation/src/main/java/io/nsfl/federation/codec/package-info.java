/** Updates and models as fewer bytes: what the sender encodes and the receiver decodes, with sizes that the model's tensors fix. */
package io.nsfl.federation.codec;
