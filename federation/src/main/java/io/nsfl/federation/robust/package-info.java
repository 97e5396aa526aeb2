/** Rules that combine updates in the presence of clients that send whatever they like. Sample counts never weigh here. */
package io.nsfl.federation.robust;
