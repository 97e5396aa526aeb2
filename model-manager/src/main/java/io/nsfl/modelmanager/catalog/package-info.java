/** New versions and their ids, and the end of versions. */
package io.nsfl.modelmanager.catalog;
