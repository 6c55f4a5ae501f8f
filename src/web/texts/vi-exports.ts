// Words of the tables that can be taken away.

export const viExports = {
  title: 'Tải dữ liệu',
  hint: 'Tệp CSV mở được bằng Excel, tiếng Việt đủ dấu. Tệp chứa dữ liệu cá nhân: chỉ giữ trong thời gian cần thiết và chỉ gửi cho người cần. Mỗi lần tải được ghi vào nhật ký thay đổi.',
  period: 'Khoảng thời gian',
  from: 'Từ ngày',
  to: 'Đến hết ngày',
  download: 'Tải về (CSV)',
  downloadOf: (title: string) => `Tải về (CSV): ${title}`,
  backwards: 'Ngày đầu phải trước hoặc trùng ngày cuối.',
  missing: 'Hãy chọn đủ hai ngày.',
  tooLong: (days: number) => `Nhật ký chỉ tải được ${days} ngày mỗi lần. Hãy chọn khoảng ngắn hơn.`,
  tables: {
    customers: {
      title: 'Khách hàng',
      about: 'Tất cả khách hàng, kèm gói và hạn dùng, điểm khảo sát gần nhất, các lần đồng ý đã ghi.',
    },
    'survey-answers': { title: 'Khảo sát', about: 'Các câu hỏi đã gửi trong khoảng thời gian: điểm, góp ý, vụ việc.' },
    offers: { title: 'Ưu đãi', about: 'Ưu đãi đã xét cho từng khách: đã gửi, đồng ý, từ chối và lý do, doanh thu.' },
    touchpoints: { title: 'Nhật ký chăm sóc', about: 'Từng tin nhắn và việc đã làm hoặc đã bỏ qua, kèm lý do.' },
  },
};
