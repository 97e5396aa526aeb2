package io.nsfl.federation.secagg;

/** Whether a peer's identity is a real client and not one that the server made up. */
public interface PeerTrust {
    /** Believes whatever roster the server shows: protects against a server that keeps to the protocol, not against one that invents clients. */
    PeerTrust SERVER = new PeerTrust() {
        @Override
        public boolean vouched(byte[] identityKey, byte[] certificate) {
            return true;
        }

        @Override
        public ThreatModel threatModel() {
            return ThreatModel.SEMI_HONEST;
        }
    };

    /**
     * @param identityKey 32 raw bytes of the peer's Ed25519 key
     * @param certificate untrusted bytes, at most 4096
     */
    boolean vouched(byte[] identityKey, byte[] certificate);

    /** What this trust protects against. */
    ThreatModel threatModel();
}
