package io.nsfl.sessions.enrolment;

/** What a client needs besides its own key to be taken in. */
public enum EnrolmentMode {
    /** Nothing. */
    OPEN,
    /** At its first registration, a token that the operator made; afterwards its key is its proof. */
    TOKEN,
    /** A certificate of the server's authority, which is bound to the client's id at its first registration. */
    CERTIFICATE
}
