/** The service that keeps models and their versions. */
package io.nsfl.modelmanager;
