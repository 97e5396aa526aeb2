/** Clients of this machine. */
package io.nsfl.standalone.client;
