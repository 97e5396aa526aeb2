/** Makes the new global model from the aggregate of a round. */
package io.nsfl.federation.optimize;
