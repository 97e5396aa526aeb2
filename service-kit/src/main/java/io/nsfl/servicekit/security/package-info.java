/** Secrets: where they come from, how a call carries one, and how it is checked. */
package io.nsfl.servicekit.security;
