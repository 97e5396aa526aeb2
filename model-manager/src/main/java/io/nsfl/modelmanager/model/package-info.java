/** What a model version is, how it is stored, and the one owner through whom it changes. */
package io.nsfl.modelmanager.model;
