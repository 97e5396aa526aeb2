/**
 * Model files as named tensors and back: {@link io.nsfl.modelformats.ModelFiles#open} finds the format by content, reads the
 * tensors in the framework's order without running anything of the framework, and writes copies with other values.
 */
package io.nsfl.modelformats;
