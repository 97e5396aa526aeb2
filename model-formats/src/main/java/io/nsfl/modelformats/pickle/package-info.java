/**
 * Pickles as data. A pickle is a program; this interpreter runs the instructions that build values and knows no way to call, import
 * or look up anything: every name that is not on the caller's list ends the reading.
 */
package io.nsfl.modelformats.pickle;
