/** What explains the REST surface: its OpenAPI document, and a page to browse and try it. */
package io.nsfl.scheduler.reference;
