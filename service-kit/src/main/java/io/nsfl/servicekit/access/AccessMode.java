package io.nsfl.servicekit.access;

/** How users of the REST API prove who they are. */
public enum AccessMode {
    /** Not at all. */
    OFF,
    /** With the object store's credentials, by HTTP basic; a namespace is open to whoever can open its bucket. */
    STORAGE,
    /** With a signed JSON Web Token, which names a role per namespace. */
    TOKEN
}
