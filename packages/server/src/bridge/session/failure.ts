/** Reason codes of MQTT 5.0 from here on are failures, section 2.4. */
export const FAILURE = 0x80;
