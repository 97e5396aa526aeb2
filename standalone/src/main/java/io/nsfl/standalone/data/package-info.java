/** MNIST, fetched and checked. */
package io.nsfl.standalone.data;
