/** Copies of files that are in the store already. */
package io.nsfl.modelmanager.copy;
