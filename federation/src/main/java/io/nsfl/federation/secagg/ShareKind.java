package io.nsfl.federation.secagg;

/** Which of a client's two secrets a share belongs to. Of one client only one kind is ever released. */
enum ShareKind {
    /** The private key of its pairwise masks: released when it dropped out after sharing. */
    MASK_KEY(1),
    /** The secret of its own mask: released when its vector counts. */
    SELF_MASK(2);

    final byte code;

    ShareKind(int code) {
        this.code = (byte) code;
    }
}
