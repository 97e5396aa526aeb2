/** Who may do what over REST: proof of identity, the right in the namespace, and one line in the audit log per change. */
package io.nsfl.servicekit.access;
