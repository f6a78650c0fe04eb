"""Mail: read it whatever it is made of, sort it with reasons, draft what leaves the house.

message.py   what a message is                 reading/   raw bytes -> Message, safely
triage/      Message, Circumstances -> Verdict  letters/   facts -> a draft somebody reads before it goes
patience.py  who waits, since when, for what
"""
