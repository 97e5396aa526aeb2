/** Who is let in, and where to: the answers to nginx, which asks about every stream before it carries it on. */
package io.nsfl.proxy.door;
