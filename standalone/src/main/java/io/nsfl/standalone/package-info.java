/** The whole platform on one machine, for a first look and for tests. */
package io.nsfl.standalone;
