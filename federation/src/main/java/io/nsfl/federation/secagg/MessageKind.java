package io.nsfl.federation.secagg;

/** What a message is: its second byte. */
enum MessageKind {
    ADVERTISEMENT(1),
    ROSTER(2),
    SHARES_FROM(3),
    SHARES_FOR(4),
    SURVIVORS(5),
    SIGNATURE(6),
    SIGNATURES(7),
    RELEASE(8);

    final byte code;

    MessageKind(int code) {
        this.code = (byte) code;
    }
}
