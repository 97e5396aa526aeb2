/** Signed tokens: the keys they are checked against, the check itself, and the command that makes keys and tokens without a provider. */
package io.nsfl.servicekit.access.token;
