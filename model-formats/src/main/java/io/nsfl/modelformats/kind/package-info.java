/** How a tensor takes part in the federation, told from its name and type. */
package io.nsfl.modelformats.kind;
