/** A client's update: how it is made from a trained model, and what makes one acceptable. */
package io.nsfl.federation.update;
