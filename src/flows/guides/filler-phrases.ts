// Politeness, address and small words around a question: they say nothing about its topic and are left out of the search.
/** What customers call us and themselves. */
const ADDRESS = `anh · chị · em · mình · tôi · tui · bạn · ad · admin · shop · sốp · mọi người · cả nhà · bên em · bên mình · bên bạn
  · sếp · bên anh · bên chị · bên shop · nhà em · nhà mình · spa em · spa mình · bên spa · trung tâm em · trung tâm mình · bên trung tâm`;

/** Who asks, and the little words of a story. */
const TELLING = `là chủ · là chủ tiệm · là chủ spa · là chủ trung tâm · là quản lý · là quản lý mới · là lễ tân · là thu ngân · là kế toán
  · là nhân viên · là nhân viên mới · là giáo viên · là phụ huynh · chị chủ · anh chủ · yêu cầu em · yêu cầu · mà nó · mà nó cứ · nó báo · nó vô
  · nó vào · nó ra · nó chạy · nó không · đá nó · để nó · sợ nó · tụi nó`;

const ASKING = `cho mình hỏi · cho em hỏi · cho tôi hỏi · cho anh hỏi · cho chị hỏi · cho hỏi · hỏi chút · hỏi tí · hỏi xíu · hỏi cái · xin hỏi
  · muốn hỏi · hỏi · tư vấn giúp · giải đáp · giải thích · thắc mắc · hướng dẫn sử dụng · hướng dẫn · chỉ dẫn · chỉ giúp · chỉ giùm · chỉ dùm
  · chỉ em · chỉ mình · chỉ chị · chỉ anh · chỉ tôi · chỉ với · chỉ cách · bày em · bày giúp · bày mình · giúp · giùm · dùm · hộ · cách · cách nào
  · làm ở đâu · làm chỗ nào · làm ở chỗ nào · làm ở mục nào · làm kiểu nào · kiểu nào · làm những gì · xem hướng dẫn · quy trình · các bước · từng bước
  · làm thế nào · làm như thế nào · làm như nào · làm sao · làm ntn · làm kiểu gì · thế nào · như thế nào · như nào · ra sao · kiểu gì
  · bằng cách nào · thì làm gì · phải làm gì · cần làm gì · cần những gì · thao tác · thao tác sao · sao · tại sao · vì sao · sao lại · ở đâu
  · chỗ nào · mục nào · phần nào · vào đâu · bấm vào đâu · bấm vô đâu · bấm đâu · nhấn đâu · bấm vào · bấm nút · bấm · nhấn · nút nào · đâu · nằm đâu · là gì · gì · bao nhiêu · nhiêu · bao lâu · khi nào · là sao · nghĩa là sao
  · muốn · cần · định · đang cần · đang muốn · giờ muốn · giờ làm sao · giờ phải làm sao · giờ sao · có thể · có cách nào · có được không · được không · được chưa · có không · không ạ · không vậy
  · không nhỉ · không em · không shop · không ad · phải không · đúng không · hay không · biết · không biết · chưa biết · quên cách · tìm hoài không thấy
  · tìm mãi không thấy · tìm không thấy · tìm không ra · không tìm thấy · chưa tìm thấy · không thấy chỗ · bị · tự nhiên · tự dưng · hoài
  · để · để mà · nếu · nếu như · khi · mỗi khi · lúc · trường hợp · nhờ · phiền · vui lòng · làm ơn · mong · với`;

const GREETING = `chúc mừng năm mới · năm mới vui vẻ · vui vẻ · chúc ngủ ngon · chúc sức khoẻ · chào buổi sáng · chào buổi chiều · chào buổi tối · chào · xin chào · hello · hi · helo · alo · hế lô · dạ · vâng · ạ · nhé · nha · nhá · nhỉ · nhe · nghen · ơi · à · ừ · ừm · ờ · uh
  · ah · ạh · vậy · vậy ạ · vậy nhỉ · z · zậy · zị · dzậy · thế ạ · đi · đó · đấy · này · nè · kia · ấy · cám ơn · cảm ơn · cảm ơn nhiều · cảm ơn em nhiều · cảm ơn shop nhiều · cám ơn nhiều · cám ơn em nhiều · thanks
  · thank · tks · thank you · please · plz · pls · luôn · rồi · thôi · chứ · mà · thì · là · và · hay · hoặc · nhưng · nên · do · bởi · của · ở · tại · trên
  · trong · cho · vào · vô · ra · lên · xuống · lại · nữa · cũng · vẫn · còn · đã · đang · sẽ · mới · vừa · được · có · từng · mỗi · riêng · những · các · mấy · một · hai · cái · con
  · chiếc · việc · từ · đến khi · thấy · xong · bây giờ · hiện tại · hôm qua · hồi nãy · lúc nãy · thêm nữa · quá · lắm · ghê · dữ lắm · chút · tí · xíu · xí · gấp`;

/** When it is to happen hardly ever tells which guide is meant, and small talk is full of it. */
const TIME = `t2 · t3 · t4 · t5 · t6 · t7 · hôm nay · bữa nay · hôm qua · hôm kia · hôm trước · hôm sau · ngày mai · mai · sáng nay · chiều nay · tối nay · trưa nay · hôm khác
  · tuần này · tuần sau · tuần tới · tuần trước · tuần rồi · tháng này · tháng sau · tháng tới · tháng trước · tháng rồi · năm nay · năm sau · năm ngoái
  · bây giờ · sắp tới · vừa rồi · vừa mới · hồi sáng · nãy giờ · sau này`;

/** "·" keeps the lists above readable; the order does not matter, the longest phrase always wins. */
export const FILLER_PHRASES: readonly string[] = [ADDRESS, TELLING, ASKING, GREETING, TIME].flatMap((list) =>
  list.split('·').map((phrase) => phrase.trim()),
);
