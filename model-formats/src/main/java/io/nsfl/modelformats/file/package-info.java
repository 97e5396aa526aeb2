/** Files as memory: bounded mappings to read from, and targets that appear whole or not at all. */
package io.nsfl.modelformats.file;
