/**
 * Zip archives of unknown origin as views of a mapped file: the entries' places are checked before anything is read, what is
 * compressed is inflated within bounds.
 */
package io.nsfl.modelformats.zip;
