/** From nothing to a trained model. */
package io.nsfl.standalone.demo;
