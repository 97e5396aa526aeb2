/** Files of a directory as one zip and back, within bounds and confined to the directory. */
package io.nsfl.protocol.archive;
