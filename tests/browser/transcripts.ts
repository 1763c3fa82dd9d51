// A small file of transcripts, as a client hands it over: two conversations of yesterday, one answered within 30 s and one after 45 s,
// and a line whose instant lacks its zone.

/** Seven lines; the fourth is wrong. `now` decides which day is yesterday. */
export function transcripts(shop: string, now: Date): string {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(now.getTime() - 24 * 3_600_000));
  const line = (conversation: string, message: string, clock: string, sender: 'customer' | 'agent', text: string, zone = '+08:00') =>
    JSON.stringify({
      conversation_id: conversation,
      message_id: message,
      shop,
      channel: 'tmall',
      sent_at: `${day}T${clock}${zone}`,
      sender,
      sender_id: sender === 'customer' ? `buyer-${conversation}` : 'cedar-desk-1',
      text,
    });
  return [
    line('cedar-1', 'a1', '10:00:00', 'customer', '这款书架能承重多少？'),
    line('cedar-1', 'a2', '10:00:20', 'agent', '每层 15 公斤。'),
    line('cedar-1', 'a3', '10:01:00', 'customer', '好的，谢谢。'),
    line('cedar-1', 'a4', '10:01:10', 'agent', '不客气。', ''),
    line('cedar-2', 'b1', '11:00:00', 'customer', '什么时候发货？'),
    line('cedar-2', 'b2', '11:00:45', 'agent', '今天 18 点前发出。'),
    line('cedar-2', 'b3', '11:01:30', 'customer', '行。'),
    '',
  ].join('\n');
}
