/** What a client does to its update before it leaves: clipping, noise, masking, encoding. */
package io.nsfl.federation.protect;
