package io.nsfl.federation.secagg;

/** Against which server the session protects. */
public enum ThreatModel {
    /** One that keeps to the protocol and looks at everything it gets. */
    SEMI_HONEST("semi-honest"),
    /** One that lies as it likes: peers' identities come from an authority and not from the server. */
    ACTIVE("active");

    private final String text;

    ThreatModel(String text) {
        this.text = text;
    }

    /** As a job shows it. */
    public String text() {
        return text;
    }
}
