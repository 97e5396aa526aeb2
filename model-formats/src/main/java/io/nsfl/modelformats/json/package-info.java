/** JSON of unknown origin, read within bounds. */
package io.nsfl.modelformats.json;
