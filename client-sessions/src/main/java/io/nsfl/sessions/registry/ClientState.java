package io.nsfl.sessions.registry;

/** Whether a client is there. */
public enum ClientState {
    /** Its stream is open. */
    CONNECTED("connected"),
    /** Its stream broke; it may come back. */
    SILENT("silent"),
    /** It said that it goes for good; it is there again once it registers. */
    QUIT("quit");

    private final String text;

    ClientState(String text) {
        this.text = text;
    }

    /** As people see it. */
    public String text() {
        return text;
    }

    static ClientState of(String text) {
        for (ClientState state : values()) {
            if (state.text.equals(text)) {
                return state;
            }
        }
        throw new IllegalArgumentException("No such state of a client: " + text);
    }
}
