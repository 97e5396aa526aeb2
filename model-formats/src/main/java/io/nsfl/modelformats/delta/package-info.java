/** A model file as the difference to an older one: smaller on the way to whoever holds that, and not a bit of it lost. */
package io.nsfl.modelformats.delta;
