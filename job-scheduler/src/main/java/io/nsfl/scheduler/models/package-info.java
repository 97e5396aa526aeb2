/** The model store as jobs use it: a model to start from, and the final model to be published. */
package io.nsfl.scheduler.models;
