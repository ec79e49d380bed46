"""The fields Twilio documents for its requests. Others are counted as drift."""

KNOWN = frozenset(
    {
        "AccountSid", "AddOns", "Address", "AnsweredBy", "ApiVersion", "ApplicationSid", "Body", "ButtonPayload",
        "ButtonText", "CallDuration", "CallSid", "CallStatus", "CallToken", "CallbackSource", "Called", "CalledCity",
        "CalledCountry", "CalledState", "CalledZip", "Caller", "CallerCity", "CallerCountry", "CallerName",
        "CallerState", "CallerZip", "ChannelInstallSid", "ChannelMetadata", "ChannelPrefix", "ChannelStatusMessage",
        "ChannelToAddress", "Direction", "Duration", "ErrorCode", "ErrorMessage", "EventType", "Forwarded",
        "ForwardedFrom", "From", "FromCity", "FromCountry", "FromState", "FromZip", "Label", "Latitude", "Longitude",
        "MessageSid", "MessageStatus", "MessageType", "MessagingServiceSid", "NumMedia", "NumSegments", "OptOutType",
        "ParentCallSid", "ProfileName", "QueueResult", "QueueSid", "QueueTime", "RawDlrDoneDate", "RecordingDuration",
        "RecordingSid", "RecordingUrl", "ReferralBody", "ReferralHeadline", "ReferralNumMedia", "ReferralSourceId",
        "ReferralSourceType", "ReferralSourceUrl", "SequenceNumber", "SipCallId", "SipResponseCode", "SmsMessageSid",
        "SmsSid", "SmsStatus", "StirPassportToken", "StirStatus", "StirVerstat", "StructuredMessage", "Timestamp", "To",
        "ToCity", "ToCountry", "ToState", "ToZip", "WaId", "queue",
        *(f"Media{part}{number}" for part in ("Url", "ContentType") for number in range(10)),
    }
)  # fmt: skip
